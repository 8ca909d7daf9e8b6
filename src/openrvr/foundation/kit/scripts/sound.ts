// Soft alert tones for consoles. A phone never makes a sudden sound: it does not load this.

type Tone = "notice" | "ring" | "alarm";
interface Note {
  frequency: number;
  at: number;
  length: number;
}

const tones: Record<Tone, Note[]> = {
  notice: [{ frequency: 660, at: 0, length: 0.25 }],
  ring: [
    { frequency: 523, at: 0, length: 0.35 },
    { frequency: 659, at: 0.3, length: 0.5 },
  ],
  alarm: [
    { frequency: 880, at: 0, length: 0.22 },
    { frequency: 660, at: 0.25, length: 0.22 },
    { frequency: 880, at: 0.5, length: 0.35 },
  ],
};
const loudness: Record<Tone, number> = { notice: 0.05, ring: 0.09, alarm: 0.16 };
const again: Record<Tone, number> = { notice: Infinity, ring: 3000, alarm: 4000 };

const setting = "openrvr.sound";
let context: AudioContext | null = null;

// Browsers let no page sound before its first click or key; asking earlier only fills their console.
const mayNotYet = (): boolean => navigator.userActivation?.hasBeenActive === false;

export const soundIsOn = (): boolean => localStorage.getItem(setting) !== "off";

export function playTone(tone: Tone): void {
  if (!soundIsOn() || mayNotYet()) return;
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
  for (const note of tones[tone]) playNote(context, note, loudness[tone]);
}

function playNote(audio: AudioContext, { frequency, at, length }: Note, peak: number): void {
  const start = audio.currentTime + at;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(peak, start + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + length + 0.05);
}

const lastPlayed = new Map<Tone, number>();
const chimed = new Set<string>();

// While an element with data-sounding is in the page, its tone repeats: an alarm sounds until it is answered for.
function soundWhatIsSounding(): void {
  const wanted = new Set(
    Array.from(document.querySelectorAll<HTMLElement>("[data-sounding]"), (element) => element.dataset.sounding as Tone),
  );
  for (const tone of lastPlayed.keys()) if (!wanted.has(tone)) lastPlayed.delete(tone);
  const now = performance.now();
  for (const tone of wanted) {
    if (!(tone in tones) || now - (lastPlayed.get(tone) ?? -Infinity) < again[tone]) continue;
    lastPlayed.set(tone, now);
    playTone(tone);
  }
}

// data-chime="report-7": one soft note when something with a new name appears, silence for what was there already.
function chimeForNews(quietly: boolean): void {
  let news = false;
  for (const element of document.querySelectorAll<HTMLElement>("[data-chime]")) {
    const name = element.dataset.chime!;
    news ||= !chimed.has(name);
    chimed.add(name);
  }
  if (news && !quietly) playTone("notice");
}

function showSwitch(button: HTMLElement): void {
  button.setAttribute("aria-pressed", String(soundIsOn()));
  button.textContent = !soundIsOn()
    ? (button.dataset.off ?? "Sound off")
    : mayNotYet()
      ? (button.dataset.waiting ?? "Sound waits for a click")
      : (button.dataset.on ?? "Sound on");
}

export function startSound(): void {
  const switches = document.querySelectorAll<HTMLElement>("[data-sound-switch]");
  for (const button of switches) {
    showSwitch(button);
    button.addEventListener("click", () => {
      localStorage.setItem(setting, soundIsOn() ? "off" : "on");
      showSwitch(button);
      playTone("notice");
    });
  }
  chimeForNews(true);
  document.addEventListener("htmx:afterSettle", () => {
    chimeForNews(false);
    soundWhatIsSounding();
  });
  setInterval(soundWhatIsSounding, 500);
  const onFirstTouch = (): void => switches.forEach(showSwitch);
  addEventListener("click", onFirstTouch, { once: true });
  addEventListener("keyup", onFirstTouch, { once: true });
}
