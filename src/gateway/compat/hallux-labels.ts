/** The programme that answers for the source system. */
export const programme = "hallux-valgus";

/** The label whose presence the source answers separately. */
export const halluxLabel = "hallux-valgus";

/** `foot-ulcer` as the source's clients know it: `Foot Ulcer`. */
export const displayName = (label: string): string =>
  label
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");

/** The source speaks in percent: 0..100 with two decimals. */
export const percent = (share: number): number => Number((100 * share).toFixed(2));

/** Shares by label as percent by display name, in the labels' order. */
export const percentages = (shares: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(shares).map(([label, share]) => [displayName(label), percent(share)]));

/** How a client may show a class. Colours that people who see no red or green can tell apart (Okabe and Ito 2008). */
interface Appearance {
  readonly description: string;
  readonly icon: string;
  readonly color: string;
}

const appearances: Readonly<Record<string, Appearance>> = {
  normal: {
    description: "No sign of the other three classes in this picture of a foot",
    icon: "check-circle",
    color: "#009e73",
  },
  flatfoot: {
    description: "Lowered inner arch (pes planus), read on lateral X-rays",
    icon: "footprints",
    color: "#e69f00",
  },
  "foot-ulcer": { description: "Open wound of the skin of the foot", icon: "bandage", color: "#d55e00" },
  "hallux-valgus": {
    description: "Bunion: the big toe leans towards the others",
    icon: "alert-triangle",
    color: "#0072b2",
  },
};

/** A label that a later pack adds is shown by its name alone. */
export const appearanceOf = (label: string): Appearance =>
  appearances[label] ?? { description: displayName(label), icon: "circle", color: "#666666" };
