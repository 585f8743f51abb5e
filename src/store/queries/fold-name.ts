/**
 * The form in which names are searched: here and not in SQL, because what a database takes for one letter in two cases
 * depends on the locale it was made with.
 */
export const foldName = (name: string): string => name.normalize("NFKC").toLowerCase();
