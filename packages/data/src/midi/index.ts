// Standard MIDI Files as music in four voices. An entry of its own: it brings a parser with it.
export { parseMidi } from "./parse-midi";
