// One key marks what she shows at this moment, so that it is found again in the recording.
import { post } from "#kit/http";
import { say } from "#kit/notices";
import { clockWithSeconds } from "#kit/ticking";

interface Marked {
  name: string;
  at: string;
}

export class Markers {
  private readonly buttons = Array.from(document.querySelectorAll<HTMLButtonElement>("#markers [data-marker]"));
  private readonly line = document.getElementById("marked");
  private call = "";

  constructor() {
    for (const button of this.buttons) button.addEventListener("click", () => void this.mark(button.dataset.marker!));
  }

  begin(call: string): void {
    this.call = call;
    this.tell("");
    this.enable(true);
  }

  end(): void {
    this.call = "";
    this.enable(false);
  }

  private enable(enabled: boolean): void {
    for (const button of this.buttons) button.disabled = !enabled;
  }

  private async mark(marker: string): Promise<void> {
    try {
      // Sent again it would be of a later moment: within five seconds the server takes it for the same press.
      const { name, at } = await post<Marked>(`/evidence/calls/${this.call}/markers`, { marker }, { tries: 2, timeout: 2000 });
      this.tell(`Marked: ${name} ${clockWithSeconds(Date.parse(at))}`);
    } catch (problem) {
      say(problem instanceof Error ? problem.message : String(problem));
    }
  }

  // The line is a status: it is read out as well.
  private tell(sentence: string): void {
    if (this.line) this.line.textContent = sentence;
  }
}
