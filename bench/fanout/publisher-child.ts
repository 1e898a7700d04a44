import { setTimeout as elapsed } from "node:timers/promises";
import { answerParent } from "../store/child.ts";
import { valuesOf } from "../store/data.ts";
import { EventTimes, eventText, rowValue } from "./event-times.ts";
import type { Publication, PublisherAnswer, PublisherQuestion } from "./publisher.ts";
import { request } from "./request.ts";

/*
 * Posts what is due. Waits for no answer before the next post, up to as many as may be under way;
 * what becomes due meanwhile goes into the next one, with the time when it was due.
 */
const walkLength = 2 ** 14;

let publication: Publication | undefined;
let walks: Float64Array[] = [];
const counts = { sent: 0, posts: 0, failed: 0, lastFailure: undefined as string | undefined };
const underWay = new Set<Promise<void>>();
const waiting: { row: number; timeUs: number }[] = [];
let postedAt = 0;
let later: NodeJS.Timeout | undefined;

const times = new EventTimes((row, timeUs) => waiting.push({ row, timeUs }), flush);

function flush(): void {
  if (publication === undefined) return;
  const { connections, each, tickMs } = publication;
  while (waiting.length > 0 && underWay.size < connections) {
    const earlyMs = tickMs - (performance.now() - postedAt);
    if (!each && earlyMs > 0) {
      clearTimeout(later);
      later = setTimeout(flush, earlyMs);
      return;
    }
    post(publication, each ? waiting.splice(0, 1) : waiting.splice(0));
  }
}

function post(to: Publication, rows: typeof waiting): void {
  postedAt = performance.now();
  counts.posts++;
  counts.sent += rows.length;
  const text = rows.map(({ row, timeUs }) => line(to, row, timeOf(to, row, timeUs))).join("");
  const body = to.body === "table" ? `time,${to.series.join()}\n${text}` : text;
  const call = request("POST", to.url, Buffer.from(body))
    .catch((error: unknown) => {
      counts.failed++;
      counts.lastFailure = String(error);
    })
    .finally(() => {
      underWay.delete(call);
      flush();
    });
  underWay.add(call);
}

function timeOf({ steps, stamp }: Publication, row: number, timeUs: number): number {
  if (steps) return Math.round((steps.fromMs + row * steps.stepMs) * 1000);
  return stamp === "due" ? timeUs : Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function line({ body, series, values }: Publication, row: number, timeUs: number): string {
  if (body === "event") return eventText(row, timeUs);
  const cells =
    values === "row"
      ? series.map(() => rowValue(row))
      : walks.map((walk) => walk[row % walkLength]!.toFixed(2));
  return `${timeUs},${cells.join()}\n`;
}

await answerParent(async ({ publish, perSecond }: PublisherQuestion) => {
  if (publish) {
    publication = publish;
    walks = publish.series.map((_, index) => valuesOf("walk", index, walkLength));
  }
  if (perSecond !== undefined) times.rate(perSecond);
  if (perSecond === 0) {
    while (waiting.length > 0 || underWay.size > 0) {
      flush();
      await elapsed(1);
    }
  }
  return { ...counts } satisfies PublisherAnswer;
});
