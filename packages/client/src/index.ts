export type { Change, NoticeCode, SeriesColumns, Status } from "./change.ts";
export type { Environment } from "./environment.ts";
export { type FollowOptions, follow } from "./follow.ts";
