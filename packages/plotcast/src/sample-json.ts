import type { Sample } from "@plotcast/protocol";

/**
 * One sample as a line of JSON, exact, and as every Plotcast takes it in:
 * `{"series":"cpu","time":1769857200000,"value":12.5}`.
 *
 * The time is in Unix milliseconds, or in ISO 8601 where such a number would be read as seconds or
 * microseconds: before 1973 and after 5138.
 */
export function formatSampleJson({ series, time, value }: Sample): string {
  const size = Math.abs(time);
  const plain = (size >= 1e11 && size < 1e14) || Number.isNaN(new Date(time).getTime());
  const written = plain ? time : JSON.stringify(new Date(time).toISOString());
  // JSON.stringify writes -0 as 0.
  const number = Object.is(value, -0) ? "-0" : value;
  return `{"series":${JSON.stringify(series)},"time":${written},"value":${number}}\n`;
}
