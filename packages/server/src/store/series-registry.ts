import type { Database, Statement } from "../sqlite/database.ts";
import type { SeriesAbout } from "./store.ts";
import { StoredSeries } from "./stored-series.ts";

/** All series that the store has ever seen, by their names, and by the ids that the log gives them. */
export class SeriesRegistry {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #describe: Statement;
  readonly #lower: Statement;
  readonly #byName = new Map<string, StoredSeries>();
  /** By the ids of the log: the series, and its number here. */
  readonly #byId: StoredSeries[] = [];
  #numbers = new Int32Array(64);
  /** Have no row yet. */
  readonly #unsaved: StoredSeries[] = [];

  constructor(db: Database) {
    this.#insert = db.prepare("INSERT INTO series (id, name) VALUES (?, ?)");
    this.#update = db.prepare("UPDATE series SET digits = ?, mark = ?, sealed_to = ? WHERE id = ?");
    this.#lower = db.prepare("UPDATE series SET mark = min(mark, ?)");
    this.#describe = db.prepare("UPDATE series SET unit = ?, kind = ?, decimals = ? WHERE id = ?");
    const rows = db.prepare(
      "SELECT id, name, digits, mark, sealed_to, unit, kind, decimals FROM series ORDER BY id",
    );
    // With objects, of a hundred thousand series, this would be most of a start.
    rows.setReturnArrays(true);
    for (const row of rows.all() as unknown[]) {
      const series = restored(row as SeriesRow);
      this.#byName.set(series.name, series);
    }
  }

  get size(): number {
    return this.#byName.size;
  }

  /** The number of each series by its id in the log; good until the next `name`. */
  get numbers(): Int32Array {
    return this.#numbers;
  }

  all(): Iterable<StoredSeries> {
    return this.#byName.values();
  }

  get(id: number): StoredSeries | undefined {
    return this.#byId[id];
  }

  /** Those that have samples here, but are none of these of the log. */
  missingIn(names: readonly string[]): string[] {
    const known = new Set(names);
    return [...this.#byName.keys()].filter((name) => !known.has(name));
  }

  /** Makes known the names of series, the first of which has this id in the log. Returns new ones. */
  name(firstId: number, names: readonly string[]): StoredSeries[] {
    const before = this.#unsaved.length;
    for (const [index, name] of names.entries()) {
      let series = this.#byName.get(name);
      if (!series) {
        series = new StoredSeries(this.#byName.size + 1, name);
        this.#byName.set(name, series);
        this.#unsaved.push(series);
      }
      this.#setId(firstId + index, series);
    }
    return this.#unsaved.slice(before);
  }

  /** What is known of series besides their names, by the ids of the log. */
  *abouts(): Generator<readonly [id: number, SeriesAbout]> {
    for (const [id, series] of this.#byId.entries()) {
      if (series && Object.keys(series.about).length > 0) yield [id, series.about];
    }
  }

  /** Writes what is new, in a transaction; to be forgotten with `saved` once that is through. */
  save(): void {
    for (const { id, name } of this.#unsaved) this.#insert.run(id, name);
  }

  saved(): void {
    this.#unsaved.length = 0;
  }

  /** Writes what sealing has changed, in its transaction. */
  update({ id, digits, mark, sealedTo }: StoredSeries): void {
    this.#update.run(digits, mark, sealedTo, id);
  }

  /** Offsets after this one mean something else from now on. To be called in a transaction. */
  lowerMarks(offset: number): void {
    this.#lower.run(offset);
    for (const series of this.#byName.values()) series.mark = Math.min(series.mark, offset);
  }

  /** To be called in a transaction; then `about` of the series is to be set to this. */
  describe({ id }: StoredSeries, { unit, kind, decimals }: SeriesAbout): void {
    this.#describe.run(unit ?? null, kind ?? null, decimals ?? null, id);
  }

  #setId(id: number, series: StoredSeries): void {
    this.#byId[id] = series;
    if (id >= this.#numbers.length) {
      const numbers = new Int32Array(2 * id);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    this.#numbers[id] = series.id;
  }
}

type SeriesRow = readonly [
  id: number,
  name: string,
  digits: number,
  mark: number,
  sealedTo: number | null,
  unit: string | null,
  kind: "gauge" | "counter" | null,
  decimals: number | null,
];

function restored(row: SeriesRow): StoredSeries {
  const [id, name, digits, mark, sealedTo, unit, kind, decimals] = row;
  const series = new StoredSeries(id, name);
  series.about = {
    ...(unit === null ? {} : { unit }),
    ...(kind === null ? {} : { kind }),
    ...(decimals === null ? {} : { decimals }),
  };
  series.digits = digits;
  series.mark = mark;
  series.sealedTo = sealedTo ?? Number.NEGATIVE_INFINITY;
  return series;
}
