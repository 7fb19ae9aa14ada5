/** The picture that the build computed, shown until this machine has computed its own. */
import { useEffect, useMemo, useState } from "preact/hooks";
import preparedText from "virtual:prepared/lsh/text";
import { decode } from "../../prepared/codec";
import { type Picture, sequenceNames } from "./picture";
import { attendRequest } from "./request";
import { firstOf, type Source } from "./settings";

/** The others are loaded when a link opens the page at them. */
const others = {
  image: () => import("virtual:prepared/lsh/image"),
  circle: () => import("virtual:prepared/lsh/circle"),
};

export function usePrepared(source: Source): Picture | undefined {
  const [loaded, setLoaded] = useState<{ source: Source; text: string }>();
  useEffect(() => {
    if (source === "text") return;
    // What does not come is computed a moment later anyway.
    others[source]().then(
      ({ default: text }) => setLoaded({ source, text }),
      () => {},
    );
  }, []);
  return useMemo(() => {
    const text = source === "text" ? preparedText : loaded?.source === source ? loaded.text : undefined;
    if (text === undefined) return undefined;
    const settings = firstOf(source);
    return { request: attendRequest(settings), names: sequenceNames(settings), result: decode(text) };
  }, [source, loaded]);
}
