export type { Change, SeriesColumns, Status } from "./change.ts";
