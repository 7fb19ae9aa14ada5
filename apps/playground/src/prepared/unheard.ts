/** What a task is given where nobody listens, and nobody stops it. */
export const unheard = { signal: new AbortController().signal, report: () => {} };
