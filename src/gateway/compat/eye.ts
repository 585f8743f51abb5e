import type { RouteConfig } from "@hono/zod-openapi";
import { eyeProgramme } from "../../persons/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { aiHealth, analyseImage, loadModel, unloadModel } from "./eye-ai.ts";
import {
  countUnread,
  createNotification,
  listNotifications,
  markAllRead,
  markRead,
  removeNotification,
} from "./eye-notifications.ts";
import {
  admitPatient,
  analysePatient,
  changePatient,
  listPatients,
  readPatient,
  readPatientImage,
  removePatient,
  schedulePatient,
  validatePatient,
} from "./eye-patients.ts";
import { replyEyeProblem } from "./eye-problem.ts";
import { imageRoute, routes } from "./eye-routes.ts";
import { eyeHealth, eyeInfo } from "./eye-system.ts";
import { deprecate, type Profile } from "./profile.ts";

/** The published contract of the ophthalmology assistant: patients, notifications, analysis. */
export const eyeProfile: Profile = {
  id: "eye",
  title: "Ophth-AI",
  programme: eyeProgramme,
  route,
  refuse: replyEyeProblem,
};

type Answering = (serving: Serving, c: GatewayContext) => Response | Promise<Response>;

const successor = `/v1/programmes/${eyeProgramme}/cases`;

/** Paths without an id come before those with one. */
const answers: readonly (readonly [RouteConfig, Answering])[] = [
  [routes.root, eyeInfo],
  [routes.info, eyeInfo],
  [routes.health, eyeHealth],
  [routes.listPatients, listPatients],
  [routes.admitPatient, admitPatient],
  [routes.readPatient, readPatient],
  [imageRoute, readPatientImage],
  [routes.changePatient, changePatient],
  [routes.removePatient, removePatient],
  [routes.analysePatient, analysePatient],
  [routes.validatePatient, validatePatient],
  [routes.schedulePatient, schedulePatient],
  [routes.countUnread, countUnread],
  [routes.markAllRead, markAllRead],
  [routes.listNotifications, listNotifications],
  [routes.createNotification, createNotification],
  [routes.markRead, markRead],
  [routes.removeNotification, removeNotification],
  [routes.analyseImage, analyseImage],
  [routes.analyseUpload, analyseImage],
  [routes.aiHealth, aiHealth],
  [routes.loadModel, loadModel],
  [routes.unloadModel, unloadModel],
];

function route(app: GatewayApp, serving: Serving): void {
  for (const [config, handle] of answers)
    answer(app, config, (c) => {
      deprecate(c, successor);
      return handle(serving, c);
    });
}
