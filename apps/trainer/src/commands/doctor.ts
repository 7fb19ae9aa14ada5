import { examine } from "../backend/doctor";
import { formatDoctorReport } from "../backend/doctor-table";

/** `reformer doctor [--json]`: every backend, whether it works here and how fast, and which one `auto` takes. */
export async function runDoctor({
  json = false,
  print,
  progress = () => undefined,
}: {
  json?: boolean;
  /** Takes the result. */
  print: (text: string) => void;
  /** Takes what is being tried, which is no part of the result. */
  progress?: (line: string) => void;
}): Promise<void> {
  const report = await examine({ onProbe: (name) => progress(`Trying ${name} …`) });
  print(json ? JSON.stringify(report, null, 2) : formatDoctorReport(report));
}
