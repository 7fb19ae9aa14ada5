/** Follows every link of the built site: to a file that is there, and to a heading that it has. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param base path that the site is served under
 * @returns one line for every link that leads nowhere; pages elsewhere are not asked
 */
export function brokenLinks(site, base) {
  const pages = readdirSync(site, { recursive: true }).filter(
    (path) => path.endsWith(".html") && !path.startsWith("playground/"),
  );
  const ids = new Map(pages.map((page) => [page, idsOf(readFileSync(join(site, page), "utf8"))]));
  return pages.flatMap((page) => {
    const here = new URL(base + page, "http://site");
    const links = [
      ...readFileSync(join(site, page), "utf8").matchAll(/<(?:a|img|iframe)\b[^>]*? (?:href|src)="([^"]*)"/g),
    ];
    const wrong = links
      .map(([, link]) => link.replaceAll("&amp;", "&"))
      .filter((link) => !leads(new URL(link, here)));
    return [...new Set(wrong)].map((link) => `${page}: ${link}`);
  });

  function leads({ host, protocol, pathname, hash }) {
    if (host !== "site" || protocol !== "http:") return true;
    if (!pathname.startsWith(base)) return false;
    const path = decodeURIComponent(pathname.slice(base.length)).replace(/^$|\/$/, "$&index.html");
    if (!existsSync(join(site, path))) return false;
    return hash === "" || !ids.has(path) || ids.get(path).has(decodeURIComponent(hash.slice(1)));
  }
}

const idsOf = (html) => new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
