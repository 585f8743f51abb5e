import { type Answer, ask, picture } from "./api.ts";
import type { CaseListInfo, NoticeInfo, NoticeListInfo, PersonInfo, PersonListInfo } from "./person-info.ts";

/** Notifications shown; the badge counts those beyond as well. */
export const noticesShownMax = 50;

const has =
  <T>(...names: readonly (keyof T & string)[]) =>
  (body: unknown): body is T =>
    typeof body === "object" && body !== null && names.every((name) => name in body);

const isPerson = has<PersonInfo>("id", "name", "status", "workflowStep");
const pathOf = (id: string): string => `/v1/persons/${encodeURIComponent(id)}`;

export interface PersonSearch {
  readonly search: string;
  readonly status: string;
  readonly skip: number;
  readonly limit: number;
}

export function findPersons({ search, status, skip, limit }: PersonSearch): Promise<Answer<PersonListInfo>> {
  const query = new URLSearchParams({ skip: String(skip), limit: String(limit) });
  if (search !== "") query.set("search", search);
  if (status !== "") query.set("status", status);
  return ask(`/v1/persons?${query}`, has<PersonListInfo>("persons", "total"));
}

export const readPerson = (id: string): Promise<Answer<PersonInfo>> => ask(pathOf(id), isPerson);
export const personImage = (id: string): Promise<Answer<Blob>> => picture(`${pathOf(id)}/image`);

export const admitPerson = (draft: object): Promise<Answer<PersonInfo>> =>
  ask("/v1/persons", isPerson, { method: "POST", body: draft });

export const changePerson = (id: string, change: object): Promise<Answer<PersonInfo>> =>
  ask(pathOf(id), isPerson, { method: "PATCH", body: change });

/** A step of the course; each is answered with where the person stands then. */
export const movePerson = (
  id: string,
  step: "analyse" | "validate" | "schedule",
  body?: object,
): Promise<Answer<PersonInfo>> =>
  ask(`${pathOf(id)}/${step}`, isPerson, { method: "POST", ...(body !== undefined && { body }) });

export function personCases(id: string, limit: number, cursor?: string): Promise<Answer<CaseListInfo>> {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
  return ask(`${pathOf(id)}/cases?${query}`, has<CaseListInfo>("cases"));
}

export const listNotices = (): Promise<Answer<NoticeListInfo>> =>
  ask(`/v1/notifications?limit=${noticesShownMax}`, has<NoticeListInfo>("notifications", "unread"));

export const markNoticeRead = (id: string): Promise<Answer<NoticeInfo>> =>
  ask(`/v1/notifications/${encodeURIComponent(id)}/read`, has<NoticeInfo>("id", "read"), { method: "POST" });

export const markAllNoticesRead = (): Promise<Answer<{ unread: number }>> =>
  ask("/v1/notifications/read-all", has<{ unread: number }>("unread"), { method: "POST" });

/** A link to the WebSocket that needs no key: a browser cannot send one with it. */
export const linkAlerts = (): Promise<Answer<{ href: string }>> =>
  ask("/v1/events/links", has<{ href: string }>("href"), { method: "POST" });

/** A picture as the API takes it, whatever its name says that it is; undefined when it cannot be read. */
export function asBase64(file: Blob): Promise<string | undefined> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve((reader.result as string).split(",", 2)[1]));
    reader.addEventListener("error", () => resolve(undefined));
    reader.readAsDataURL(file);
  });
}
