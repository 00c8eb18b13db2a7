// The little that the page needs to build itself.
import type { Failure } from "./talk";

/** An element that is in index.html. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`The page has no element "${id}"`);
  }
  return element as T;
}

/** A new element. Texts become text, never HTML. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K, properties: Partial<HTMLElementTagNameMap[K]> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A round picture with initials, in a colour that belongs to the name. */
export function avatar(name: string): HTMLElement {
  const initials = name.split(/\s+/).slice(0, 2).map(word => [...word][0] ?? "").join("").toUpperCase() || "?";
  const hue = [...name.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 360, 7);
  const circle = create("span", { className: "avatar", ariaHidden: "true" }, initials);
  circle.style.setProperty("--hue", `${hue}`);
  return circle;
}

/** Shows a failure in a place that screen readers announce; null clears it. */
export function showFailure(place: HTMLElement, failure: Failure | null): void {
  place.hidden = failure === null;
  place.replaceChildren(...(failure === null ? [] : failure.isUnanswered ? adviceFor(failure) : textOf(failure)));
}

function textOf({ code, reason, message, violations }: Failure): HTMLElement[] {
  const head = create("p", { className: "failure-head" }, create("strong", {}, code));
  if (reason !== undefined && reason !== code) {
    head.append(create("code", {}, reason));
  }
  const faults = violations.map(({ field, description }) => create("li", {}, create("code", {}, field), ` ${description}`));
  return [head, faults.length > 0 ? create("ul", {}, ...faults) : create("p", {}, message)];
}

/** A browser tells a page only that a call failed: a gateway that is not there and one that refuses this origin look the same. */
function adviceFor({ message }: Failure): HTMLElement[] {
  const origin = location.origin;
  return [
    create("p", {}, create("strong", {}, "No answer"), ` (the browser says: ${message})`),
    create("p", {}, "Either no gateway listens at this address, or it does not allow calls from pages of ", create("code", {}, origin),
      ". In that case, add this origin to ", create("code", {}, "Cors:Origins"), " in its configuration, for example in its environment:"),
    create("p", {}, create("code", {}, `TALKGATEWAY_Cors__Origins__0=${origin}`)),
  ];
}

/** For trying again, but not at once. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
