// Times that tick in words: how long somebody has waited, when a promise falls due, how late it is.
import { serverNow } from "./server_clock";
import { _, pageLanguage } from "./words";

/** `40 s`, `1 min 40 s`, `2 h 5 min`, `3 days`: the same words as the server's `how_long`. */
export function howLong(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  if (seconds < 60) return _("{} s", seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? _("{} min {} s", minutes, seconds % 60) : _("{} min", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? _("{} h {} min", hours, minutes % 60) : _("{} h", hours);
  return _("{} days", Math.floor(hours / 24));
}

export const clockTime = (instant: number): string => clock(instant, {});

/** `14:07:03`, on the force's clock. */
export const clockWithSeconds = (instant: number): string => clock(instant, { second: "2-digit" });

function clock(instant: number, more: Intl.DateTimeFormatOptions): string {
  const zone = document.documentElement.dataset.timeZone;
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...more };
  if (zone) options.timeZone = zone;
  return new Intl.DateTimeFormat("en-GB", options).format(instant);
}

/** `14:07` today, `Wed 25 Nov, 14:07` on any other day: the same words as the server's `clock_or_day`. */
export function clockOrDay(instant: number, now: number): string {
  const day = dayName(instant);
  return day === dayName(now) ? clockTime(instant) : `${day}, ${clockTime(instant)}`;
}

function dayName(instant: number): string {
  const zone = document.documentElement.dataset.timeZone;
  const options: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  if (zone) options.timeZone = zone;
  const language = pageLanguage();
  if (language !== "en") return new Intl.DateTimeFormat(`${language}-u-nu-latn`, options).format(instant);
  const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(instant);
  const part = (type: string): string => parts.find((each) => each.type === type)!.value.slice(0, 3);
  return `${part("weekday")} ${part("day")} ${part("month")}`;
}

/** `1:40`, `1:02:40`: as short as it can be. */
function minutesAndSeconds(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

function sinceWords(element: HTMLElement, now: number): string {
  const time = Math.max(0, now - Date.parse(element.dataset.since!));
  return (element.dataset.say ?? "{}").replace("{minutes}", minutesAndSeconds(time)).replace("{}", howLong(time));
}

function dueWords(element: HTMLElement, now: number): string {
  const due = Date.parse(element.dataset.due!);
  const left = due - now;
  const late = left < 0;
  const atRisk = left < Number(element.dataset.risk ?? 60) * 1000;
  element.dataset.promise = late ? "late" : atRisk ? "at-risk" : "in-time";
  const sentence = late
    ? (element.dataset.sayLate ?? "promised by {clock}, {late} late")
    : (element.dataset.say ?? "promised by {clock}, {left} left");
  return sentence
    .replace("{clock}", clockOrDay(due, now))
    .replace("{left}", howLong(left))
    .replace("{late}", howLong(left));
}

/** Brings every time on the page up to date, for a page that has just set one. */
export function tick(): void {
  const now = serverNow();
  for (const element of document.querySelectorAll<HTMLElement>("time[data-since], time[data-due]")) {
    const words = element.dataset.due ? dueWords(element, now) : sinceWords(element, now);
    if (element.textContent !== words) element.textContent = words;
  }
}

/** One timer for the page, on the whole second of the server's clock, and none while nobody can see it. */
export function startTicking(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (): void => {
    clearTimeout(timer);
    if (document.hidden) return;
    tick();
    timer = setTimeout(run, 1000 - (serverNow() % 1000) + 5);
  };
  document.addEventListener("visibilitychange", run);
  document.addEventListener("htmx:afterSettle", tick);
  run();
}
