/** Work on rows that know nothing of each other, cut to a size: several small groups at once, or a large one in runs. */
export interface RowBlock {
  firstGroup: number;
  groupCount: number;
  /** The rows of each of these groups. */
  start: number;
  count: number;
}

/** Blocks of about `rows` rows, at least one, in order: a group is finished before the next begins. */
export function planRows(groups: number, length: number, rows: number): RowBlock[] {
  const groupsAtOnce = Math.max(1, Math.floor(rows / length));
  const run = Math.max(1, Math.min(rows, length));
  const blocks: RowBlock[] = [];
  for (let firstGroup = 0; firstGroup < groups; firstGroup += groupsAtOnce) {
    const groupCount = Math.min(groupsAtOnce, groups - firstGroup);
    for (let start = 0; start < length; start += run) {
      blocks.push({ firstGroup, groupCount, start, count: Math.min(run, length - start) });
    }
  }
  return blocks;
}
