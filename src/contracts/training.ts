/** How far a view that readers are trained on may differ from the picture. */
export interface Augmentation {
  /** Degrees to either side. */
  readonly rotation: number;
  /** Smallest share of the area that a crop keeps. */
  readonly areaMin: number;
  /** Largest change of the aspect, as a natural logarithm. */
  readonly aspect: number;
  /** Whether left and right may be swapped. */
  readonly mirror: boolean;
}
