/** How much of full attention is found, after one round, two, …, and what that costs. */
import { milliseconds, percent } from "../../draw/format";
import { LineChart } from "../../draw/line-chart";
import { PreparedNote } from "../../prepared/note";
import { costPerQuery } from "./explain";
import type { Picture } from "./picture";
import type { Origin } from "./use-picture";

export interface ShareCardProps {
  picture: Picture;
  origin: Origin;
  onPick: (numHashes: number) => void;
}

/** The paper's longest text sequences. */
const longLength = 65_536;

export function ShareCard({ picture, origin, onPick }: ShareCardProps) {
  const { request, result } = picture;
  const cost = costPerQuery(request);
  const { hash, sort, attend, full } = result.milliseconds;
  const share = result.shares[request.numHashes - 1]!;
  return (
    <section class="card share" aria-labelledby="share-title">
      <h3 id="share-title">What is found</h3>
      <p class="headline">
        <b data-fact="share">{percent(share)}</b> of full attention’s weight, found in {request.numHashes}{" "}
        {request.numHashes === 1 ? "round" : "rounds"}
      </p>
      <LineChart
        title="Share of full attention's weight found, by rounds of hashing"
        values={result.shares}
        focus={request.numHashes}
        level={{ value: result.localShare, label: "same windows, unsorted" }}
        xLabel="rounds of hashing"
        format={(value) => percent(value)}
        onPick={onPick}
      />
      <p>
        A query here makes {cost} dot products; full attention makes {request.length}.{" "}
        {cost >= request.length ? "On so short a sequence that saves nothing. " : ""}
        At {longLength.toLocaleString("en")} tokens the same settings would look at{" "}
        {percent(cost / longLength, 2)} of the keys.
      </p>
      {origin === "measured" ? (
        <p class="measured">
          Measured on your machine just now: hash {milliseconds(hash)}, sort {milliseconds(sort)}, LSH
          attention {milliseconds(attend)}, full attention {milliseconds(full)}.
        </p>
      ) : (
        <PreparedNote isOther={origin === "prepared for others"} />
      )}
    </section>
  );
}
