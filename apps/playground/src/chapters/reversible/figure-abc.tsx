/** The authors' figure: (A) a residual layer, (B) a reversible one forward, (C) the same backward. */
import { backwards, type Drawing, forwards, residual, Wires } from "./wires";

interface Panel {
  letter: string;
  title: string;
  lines: [string, string][];
  note: string;
  drawing: Drawing;
}

const panels: Panel[] = [
  {
    letter: "A",
    title: "Residual",
    lines: [["y", "x + F(x)"]],
    note: "To go back one needs x, so every layer’s x is kept.",
    drawing: residual,
  },
  {
    letter: "B",
    title: "Reversible, forward",
    lines: [
      ["y₁", "x₁ + Attention(x₂)"],
      ["y₂", "x₂ + FeedForward(y₁)"],
    ],
    note: "Two streams take turns: each is changed by a function of the other.",
    drawing: forwards,
  },
  {
    letter: "C",
    title: "Reversible, backward",
    lines: [
      ["x₂", "y₂ − FeedForward(y₁)"],
      ["x₁", "y₁ − Attention(x₂)"],
    ],
    note: "So the inputs come back from the outputs, by subtraction, and need not be kept.",
    drawing: backwards,
  },
];

/** @param running the letter of the panel that the walk is in, if it is in one */
export function FigureAbc({ running }: { running?: string }) {
  return (
    <div class="abc">
      {panels.map(({ letter, title, lines, note, drawing }) => (
        <section
          key={letter}
          class={`card${letter === running ? " running" : ""}`}
          aria-label={`${letter}: ${title}`}
        >
          <h3>
            <span>{letter}</span> {title}
          </h3>
          <Wires drawing={drawing} isRunning={letter === running} />
          {lines.map(([left, right]) => (
            <p key={left} class="line">
              <b>{left}</b> = {right}
            </p>
          ))}
          <p class="help">{note}</p>
        </section>
      ))}
    </div>
  );
}
