/** Copies the repository's pages into the site's folder, with every link led to where it now stands. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { besides, menu } from "./sources.mjs";

/** Sources that the site has a generated page for. */
const generated = new Map([["apps/trainer/src/config/schema.ts", "configuration.md"]]);
const repository = "https://github.com/reformer-ts/reformer-ts/blob/main/";

/** The menu, and every other page of docs/ behind it: nothing that was written stays unread. */
export function completeMenu(root) {
  const named = new Set(menu.flatMap(({ items }) => items.map(([, source]) => source)));
  const others = readdirSync(join(root, "docs"), { recursive: true })
    .map((path) => `docs/${path}`)
    .filter((path) => path.endsWith(".md") && !named.has(path))
    .map((path) => [titleOf(readFileSync(join(root, path), "utf8")), path, path]);
  return [...menu, ...(others.length > 0 ? [{ text: "Further", items: others }] : [])];
}

/** @throws Error naming every link that leads nowhere */
export function copyPages(root, target, sections) {
  const pages = new Map(sections.flatMap(({ items }) => items.map(([, source, page]) => [source, page])));
  const broken = besides.flatMap((source) => deadLinks(root, source));
  for (const [source, page] of pages) {
    const text = readFileSync(join(root, source), "utf8").replaceAll(
      /(\]\()([^)\s]+)(\))/g,
      (whole, open, link, close) => {
        if (/^([a-z]+:|#)/.test(link)) return whole;
        const [path, anchor] = link.split("#");
        const meant = posix.normalize(posix.join(posix.dirname(source), path)).replace(/\/$/, "");
        const leads = pages.get(meant) ?? pages.get(`${meant}/README.md`) ?? generated.get(meant);
        if (leads !== undefined)
          return `${open}${relative(page, leads)}${anchor ? `#${anchor}` : ""}${close}`;
        if (!existsSync(join(root, meant))) broken.push(`${source}: ${link}`);
        if (/\.(svg|png)$/.test(meant)) {
          const copy = posix.join(posix.dirname(page), posix.basename(meant));
          mkdirSync(dirname(join(target, copy)), { recursive: true });
          if (existsSync(join(root, meant))) copyFileSync(join(root, meant), join(target, copy));
          return `${open}./${posix.basename(meant)}${close}`;
        }
        return `${open}${repository}${meant}${close}`;
      },
    );
    mkdirSync(dirname(join(target, page)), { recursive: true });
    writeFileSync(join(target, page), text);
  }
  if (broken.length > 0) throw new Error(`links that lead nowhere:\n${broken.join("\n")}`);
}

function deadLinks(root, source) {
  const links = [...readFileSync(join(root, source), "utf8").matchAll(/\]\(([^)\s#]+)[^)]*\)/g)];
  return links
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(source), link)))
    .map((link) => `${source}: ${link}`);
}

const titleOf = (text) => /^# (.*)$/m.exec(text)?.[1] ?? "Untitled";

function relative(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}
