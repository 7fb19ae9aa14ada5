/** Files that the visitor drops or picks; those that cannot be taken are refused in a sentence. */
import { useState } from "preact/hooks";

/** @param take throws, or rejects with, an Error whose message is the sentence */
export function useFiles(take: (files: File[]) => Promise<void>) {
  const [refused, setRefused] = useState<string>();
  const refuse = (reason: Error) => setRefused(reason.message);
  const onFiles = (files: File[]) => {
    setRefused(undefined);
    take(files).catch(refuse);
  };
  return { refused, refuse, onFiles };
}
