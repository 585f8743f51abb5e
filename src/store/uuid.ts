/** Of what is no UUID the databases would say that it cannot be read, where callers are told that it is not there. */
export const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
