import type { Scene } from "../scene.ts";
import { zoneOf } from "../text/zone.ts";
import { type Column, cellOf, Rows } from "./rows.ts";

/**
 * What is shown, as CSV (RFC 4180). Times are UTC, and the column beside them has the offset of the
 * zone that the chart is in. Values are not rounded. A column of a series of which only extremes are
 * drawn says so in its header. An absent value is an empty cell, and what is missing from a stretch of
 * time is a row of its own, with the reason in the last column.
 */
export function csvOf(scene: Scene, zone?: string): string {
  const rows = new Rows(scene);
  const offsetOf = zoneOf(zone);
  const { columns } = rows;
  const header = ["time", "utc offset", ...columns.map(headerOf), "note"];
  const lines = [header.map(cell).join(",")];
  for (let i = 0; i < rows.length; i++) {
    const row = rows.at(i);
    const time = dated("band" in row ? row.band.from : row.time);
    const cells = [isoText(time), offsetText(offsetOf(time))];
    if ("band" in row) {
      const note = `until ${isoText(row.band.to)}: ${row.band.text}`;
      cells.push(...columns.map(() => ""), cell(note));
    } else {
      cells.push(...columns.map((column) => numberText(cellOf(column, row.time))), "");
    }
    lines.push(cells.join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function headerOf({ entry, exact }: Column): string {
  const { name, track } = entry;
  const about = [track.unit, exact ? "" : "extremes only"].filter(Boolean).join("; ");
  return about === "" ? name : `${name} (${about})`;
}

function numberText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : String(value);
}

/**
 * Text for one cell. Spreadsheets run what begins like a formula, and names come from anywhere, so
 * such text gets an apostrophe in front, which they take for the mark of text.
 */
function cell(text: string): string {
  const safe = /^[\s\0]*[=+\-@|%]|^[\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** About the latest moment that a Date can be, and the earliest below zero: times come from anywhere. */
const extreme = 8.6e15;

function dated(time: number): number {
  return Math.max(-extreme, Math.min(extreme, time));
}

function isoText(time: number): string {
  return new Date(dated(time)).toISOString();
}

function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
