/** The layers of a stack, the last on top: what was there on the way up, and what subtraction gave back. */
import { short } from "../../draw/format";
import type { RebuildResult, Stream } from "../../worker/tasks/rebuild";
import { Strip } from "./strip";
import { type LayerState, layerState } from "./walk";

const words: Record<LayerState, string> = {
  ahead: "not run yet",
  here: "in memory",
  forgotten: "forgotten",
  rebuilt: "rebuilt",
};

export function Ladder({ result, step }: { result: RebuildResult; step: number }) {
  const count = result.layers.length;
  const rows = result.layers.map((streams, layer) => ({ ...streams, layer })).toReversed();
  return (
    <div class="ladder-frame" role="region" aria-label="Layers" tabIndex={0}>
      <table class="ladder">
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">into attention: x₂</th>
            <th scope="col">into feed-forward: y₁</th>
            <th scope="col">largest error</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ layer, x2, y1 }) => {
            const state = layerState(layer, { step, layers: count });
            return (
              <tr key={layer} class={state}>
                <th scope="row">
                  {layer + 1} <span>{words[state]}</span>
                </th>
                <td>
                  <StreamStrip name={`x₂ of layer ${layer + 1}`} stream={x2} state={state} />
                </td>
                <td>
                  <StreamStrip name={`y₁ of layer ${layer + 1}`} stream={y1} state={state} />
                </td>
                <td class="error">{state === "rebuilt" ? short(Math.max(x2.error, y1.error)) : "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function StreamStrip({ name, stream, state }: { name: string; stream: Stream; state: LayerState }) {
  if (state === "ahead" || state === "forgotten") return <div class="strip empty" />;
  const values = state === "rebuilt" ? stream.back : stream.there;
  const scale = Math.max(...Array.from(stream.there, Math.abs));
  return <Strip label={name} values={values} scale={scale} />;
}
