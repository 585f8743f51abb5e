/** A change that cannot be made now and is tried again: whoever is to serve it is away, busy, or still fetching. */
export class ChangeLater extends Error {
  override readonly name = "ChangeLater";
}
