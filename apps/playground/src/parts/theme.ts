/** Light or dark: what the system says, until a visitor decides. */
import { useEffect, useState } from "preact/hooks";
import type { Theme } from "../draw/palette";

const key = "reformer-playground-theme";
const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)");

/** Storage is refused in some private windows. */
function remembered(): Theme | undefined {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Then it holds until the page is closed.
  }
}

export function useTheme(): [Theme, () => void] {
  const [chosen, setChosen] = useState(remembered);
  const [system, setSystem] = useState<Theme>(() => (systemIsDark().matches ? "dark" : "light"));
  const theme = chosen ?? system;
  document.documentElement.dataset["theme"] = theme;
  useEffect(() => {
    const query = systemIsDark();
    const follow = () => setSystem(query.matches ? "dark" : "light");
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    remember(next);
    setChosen(next);
  };
  return [theme, toggle];
}
