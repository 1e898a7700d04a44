import type { LiveChart } from "@plotcast/chart";
import { useState } from "react";

type View = LiveChart["view"];

export function App() {
  const [shown, setShown] = useState(true);
  const [span, setSpan] = useState("30s");
  const [view, setView] = useState<View>(undefined);
  const [state, setState] = useState("");
  const [samples, setSamples] = useState(0);
  const [gaps, setGaps] = useState(0);

  function hold() {
    const now = Date.now();
    setView(view ? undefined : { from: now - 5000, to: now });
  }

  return (
    <>
      <p>
        <button type="button" onClick={() => setShown(!shown)}>
          {shown ? "Hide" : "Show"}
        </button>
        <button type="button" onClick={hold}>
          Look at the last 5 s
        </button>
        <label>
          Span{" "}
          <select value={span} onChange={(event) => setSpan(event.target.value)}>
            <option>30s</option>
            <option>60s</option>
          </select>
        </label>
      </p>
      {shown && (
        <live-chart
          src="/v1/stream"
          title="Temperatures"
          span={span}
          view={view}
          onstatus={({ detail }) => setState(detail.state)}
          onsample={({ detail }) => {
            const counts = [...detail.columns.values()].map(({ times }) => times.length);
            setSamples((before) => counts.reduce((sum, count) => sum + count, before));
          }}
          ongap={() => setGaps((before) => before + 1)}
          onviewchange={({ detail }) => setView(detail)}
        />
      )}
      <p id="told">
        {`${state}, ${samples} samples, ${gaps} gaps, ${view ? "held" : "following"}`}
      </p>
    </>
  );
}
