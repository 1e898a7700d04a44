import { briefOf, noticeOf } from "./connection.ts";
import { byId, element, setChildren, setText } from "./dom.ts";
import type { Session } from "./session.ts";

/** The head of the page: how many series there are, and how the connection is. */
export function createHead(origin: string) {
  const [count, state, spoken, notice] = [
    byId("count"),
    byId("state"),
    byId("spoken"),
    byId("notice"),
  ];
  const [title, text] = [element("strong"), element("span")];
  setChildren(notice, [title, text]);

  return {
    show(session: Session, now: number): void {
      const { series, status, trouble } = session;
      setText(count, series.size === 0 ? "" : `${series.size.toLocaleString("en")} series`);
      const brief = briefOf(status, now);
      setText(state, brief.text);
      state.classList.toggle("live", brief.live);
      const told = noticeOf(session, now, origin);
      document.body.classList.toggle(
        "offline",
        trouble !== undefined || status.state === "refused",
      );
      notice.hidden = told === undefined;
      if (told) {
        setText(title, told.title);
        setText(text, told.text);
      }
      setText(spoken, told ? `${brief.spoken}. ${told.title}. ${told.text}` : brief.spoken);
    },
  };
}
