/** What there is to object to on a page as it stands: what axe finds, a line a rule; and that it is wider than its window. */
import { source } from "axe-core";
import type { Visit } from "./visit";

export async function objections({ page }: Visit): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    const isTooWide = document.documentElement.scrollWidth > innerWidth;
    return isTooWide ? [...found, "wider than its window"] : found;
  });
}
