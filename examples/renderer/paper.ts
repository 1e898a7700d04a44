import { type ChartSpec, type CreateRenderer, type Frame, Trace, xOf, yOf } from "@plotcast/chart";

type Sheet = { readonly pen: CanvasRenderingContext2D; spec?: ChartSpec; ratio: number };

/** Draws as a chart recorder does: on ruled paper, with square marks. */
export const createPaper: CreateRenderer = (host, signal) => {
  const canvas = host.appendChild(document.createElement("canvas"));
  canvas.style.cssText = "display: block; width: 100%; height: 100%";
  signal.addEventListener("abort", () => Object.assign(canvas, { width: 0 }).remove());
  const sheet: Sheet = { pen: canvas.getContext("2d")!, ratio: 1 };
  return {
    configure: (spec) => Object.assign(sheet, { spec }),
    resize(width, height, ratio) {
      Object.assign(canvas, { width, height });
      sheet.ratio = ratio;
    },
    draw(frame) {
      sheet.pen.clearRect(0, 0, canvas.width, canvas.height);
      drawRules(sheet, frame);
      for (const i of sheet.spec!.lines.keys()) drawLine(sheet, frame, i);
    },
  };
};

function drawRules({ pen, spec, ratio }: Sheet, frame: Frame) {
  const { plot, scales, xTicks } = frame;
  const rules = new Path2D();
  pen.font = `${spec!.fontSize * ratio}px ${spec!.fontFamily}`;
  Object.assign(pen, { fillStyle: spec!.ink, textAlign: "center", textBaseline: "middle" });
  for (const { at, text } of xTicks) {
    pen.fillText(text, xOf(frame, at), plot.top + plot.height + 14 * ratio);
    rules.rect(xOf(frame, at), plot.top, 1, plot.height);
  }
  for (const [i, scale] of scales.entries()) {
    pen.textAlign = scale.side === "left" ? "right" : "left";
    const x = plot.left + (scale.side === "left" ? -8 * ratio : plot.width + 8 * ratio);
    for (const { at, text } of scale.ticks) {
      pen.fillText(text, x, yOf(plot, scale, at));
      if (i === 0) rules.rect(plot.left, yOf(plot, scale, at), plot.width, 1);
    }
  }
  Object.assign(pen, { fillStyle: spec!.grid }).fill(rules);
}

function drawLine({ pen, spec, ratio }: Sheet, frame: Frame, index: number) {
  const style = spec!.lines[index]!;
  const [color, width] = [style.color, style.width * ratio];
  const trace = new Trace(frame, index, style);
  pen.save();
  Object.assign(pen, { fillStyle: color, strokeStyle: color, lineWidth: width, lineJoin: "round" });
  pen.setLineDash(style.dash.map((length) => length * ratio));
  trace.marks((x, y) => pen.fillRect(x - width, y - width, 2 * width, 2 * width));
  pen.beginPath();
  pen.rect(frame.plot.left, frame.plot.top, frame.plot.width, frame.plot.height);
  pen.clip();
  pen.stroke(trace.stroke(new Path2D()));
  pen.globalAlpha = style.draw === "area" ? 0.25 : 1;
  pen.fill(trace.fill(new Path2D(), 2 * width));
  pen.restore();
}
