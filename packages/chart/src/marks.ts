import {
  type Annotation,
  type ChildRule,
  type Marks,
  parseChildren,
  parseThresholds,
  readAnnotations,
} from "./children.ts";
import type { PartHost } from "./part.ts";
import { annotationsCss, createAnnotations } from "./parts/annotations.ts";
import { createThresholds, thresholdsCss } from "./parts/thresholds.ts";
import { addSheet } from "./styles.ts";

/** All that an element says beside its own options: what is special to series, and what is marked. */
export type Told = Marks & {
  readonly rules: readonly ChildRule[];
  readonly problems: readonly string[];
};

/** Reads the children of an element, its attribute `thresholds` and what its `annotations` are set to. */
export function readTold(element: Element, annotations: unknown, zone: string | undefined): Told {
  const problems: string[] = [];
  const children = parseChildren(element.children, zone);
  const thresholds = parseThresholds(element.getAttribute("thresholds"), problems);
  const set = readAnnotations(annotations, problems, zone);
  return {
    rules: children.rules,
    thresholds: [...children.thresholds, ...thresholds],
    annotations: merged(children.annotations, set),
    problems: [...children.problems, ...problems],
  };
}

function merged(some: readonly Annotation[], others: readonly Annotation[]): readonly Annotation[] {
  return [...some, ...others].sort((a, b) => a.at - b.at);
}

/** Draws what is marked, as `marks` has it at each drawing. */
export function createMarks(host: PartHost, marks: () => Marks) {
  addSheet(host.element.shadowRoot!, `${thresholdsCss}${annotationsCss}`);
  const parts = [createThresholds(host, marks), createAnnotations(host, marks)];
  return {
    update: (scene: Parameters<(typeof parts)[0]["update"]>[0]) => {
      for (const part of parts) part.update(scene);
    },
  };
}
