import type { FileKind } from "../sqlite/database.ts";

/*
 *     meta     key, value              `epoch` of the log; `applied`: up to this offset all is in chunks;
 *                                      `forgotten`: newest offset that `arrival` has no row for any more
 *     series   id, name, what `describe` was told, digits: decimals of all values so far (-1: no
 *              decimals), mark: up to this offset its samples are in chunks, sealed_to: time of the last
 *     chunk    samples of one series from t0 to t1, about 1024: chunk-codec.ts, and their summary, so
 *              that one which lies in a single bucket need not be decoded
 *     rollup   buckets of one series, level 1: of a minute, 2: of an hour; a row begins at t0:
 *              rollup-codec.ts; ids below 0 are the newest row of a series: rollups.ts; `fives`: the
 *              same by five minutes, if there are samples enough
 *     arrival  what came in a minute (of our clock): its last offset and its earliest sample
 *     tier     what chunk (level 0) and rollup hold, and since when (`since`): all older has been dropped
 */
export const historyFile: FileKind = {
  what: "history",
  name: "history.db",
  // Large: rows of 0.5 to 7 kB leave little of it empty, and nobody waits for these commits.
  pageBytes: 16_384,
  schema: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE series (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
      unit TEXT, kind TEXT, decimals INTEGER,
      digits INTEGER NOT NULL DEFAULT 0, mark INTEGER NOT NULL DEFAULT 0, sealed_to REAL
    ) STRICT;
    CREATE TABLE chunk (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL, t0 REAL NOT NULL, t1 REAL NOT NULL,
      n INTEGER NOT NULL, count INTEGER NOT NULL, sum REAL,
      min REAL, min_time REAL, max REAL, max_time REAL,
      first REAL, first_time REAL, last REAL, last_time REAL, drops REAL, absent_time REAL,
      data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX chunk_of_series ON chunk (series, t0);
    CREATE INDEX chunk_by_age ON chunk (t1);
    CREATE TABLE rollup (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL, level INTEGER NOT NULL,
      t0 REAL NOT NULL, samples INTEGER NOT NULL, data BLOB NOT NULL, fives BLOB
    ) STRICT;
    CREATE UNIQUE INDEX rollup_of_series ON rollup (series, level, t0);
    CREATE INDEX rollup_by_age ON rollup (level, t0);
    CREATE TABLE arrival (
      minute INTEGER PRIMARY KEY, last INTEGER NOT NULL, earliest REAL NOT NULL
    ) STRICT;
    CREATE TABLE tier (
      level INTEGER PRIMARY KEY, rows INTEGER NOT NULL, samples INTEGER NOT NULL,
      bytes INTEGER NOT NULL, since REAL NOT NULL
    ) STRICT;
    INSERT INTO tier VALUES (0, 0, 0, 0, -8.64e15), (1, 0, 0, 0, -8.64e15), (2, 0, 0, 0, -8.64e15);
  `,
  migrations: [
    // Rows without `fives` get them when they are written again, and are read by the minute until then.
    `ALTER TABLE rollup ADD COLUMN fives BLOB;
    ALTER TABLE series ADD COLUMN sealed_to REAL;
    UPDATE series SET sealed_to =
      (SELECT t1 FROM chunk WHERE series = series.id ORDER BY t0 DESC LIMIT 1)`,
  ],
};
