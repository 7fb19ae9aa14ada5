/** Sentences on what went wrong, read out at once. */
export function Notices({ sentences }: { sentences: readonly (string | undefined)[] }) {
  return (
    <>
      {sentences.map(
        (sentence) =>
          sentence !== undefined && (
            <p class="notice" role="alert" key={sentence}>
              {sentence}
            </p>
          ),
      )}
    </>
  );
}
