// What the server says of a recording (journey/evidence/player/page.py). All times are seconds from the beginning of the call.

/** What there is to play of a take; both are null while there is nothing. */
export interface Copy {
  id: string;
  url: string | null;
  /** It shows everything that is kept. */
  isWhole: boolean;
  isBeingMade: boolean;
  /** WebVTT on the clock of the take. */
  captions: string | null;
}

/** One person's picture and sound without a break. */
export interface Take extends Copy {
  since: number;
  until: number;
  hasPicture: boolean;
}

export interface Gap {
  since: number;
  until: number;
  isEverything: boolean;
  words: string;
  label: string;
}

export interface PersonData {
  person: string;
  takes: Take[];
  gaps: Gap[];
}

export interface Marker {
  at: number;
  words: string;
}

export interface PlayerData {
  began: string;
  seconds: number;
  people: PersonData[];
  markers: Marker[];
}

interface PageData {
  player: PlayerData;
  copies: string;
}

/** Null on the page of an exhibit that is not played. */
export function readPageData(): PageData | null {
  const found = document.getElementById("player-data");
  return found ? (JSON.parse(found.textContent ?? "") as PageData) : null;
}

/** `01:05`, or `1:01:05` after an hour: the same as the server's `position`. */
export function positionWords(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (number: number): string => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`;
}
