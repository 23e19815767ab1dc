import type { App, Delivery, Installation, Repo, State } from "../state.ts";
import { showUser } from "./account.ts";
import { nodeId } from "./links.ts";

export function showApp(state: State, { id, slug, name, owner, permissions, events, createdAt }: App) {
  const page = `${state.url}/apps/${slug}`;
  const what = { id, slug, node_id: nodeId("App", id), owner: showUser(state, owner), name, description: "" };
  const times = { created_at: createdAt, updated_at: createdAt };
  return { ...what, external_url: page, html_url: page, ...times, permissions, events };
}

export function showAppOrNull(state: State, app: App | undefined) {
  return app === undefined ? null : showApp(state, app);
}

export function showInstallation(state: State, { id, app, account, createdAt }: Installation) {
  const { permissions, events } = app;
  return {
    ...{ id, account: showUser(state, account), repository_selection: "selected", app_id: app.id, app_slug: app.slug },
    access_tokens_url: `${state.url}/app/installations/${id}/access_tokens`,
    repositories_url: `${state.url}/installation/repositories`,
    html_url: `${state.url}/settings/installations/${id}`,
    ...{ target_id: account.id, target_type: account.type, permissions, events },
    ...{ created_at: createdAt, updated_at: createdAt, suspended_by: null, suspended_at: null },
    ...{ single_file_name: null, has_multiple_single_files: false, single_file_paths: [] },
  };
}

/** The few words on a repository that an installation's webhooks carry. */
export function showInstalled({ id, name, fullName, private: hidden }: Repo) {
  return { id, node_id: nodeId("Repository", id), name, full_name: fullName, private: hidden };
}

export function showDeliveryItem({ id, guid, event, action, redelivery, duration, status, ...delivery }: Delivery) {
  const { deliveredAt: delivered_at, statusCode: status_code, installationId, repositoryId } = delivery;
  const where = { installation_id: installationId, repository_id: repositoryId, throttled_at: null };
  return { id, guid, delivered_at, redelivery, duration, status, status_code, event, action, ...where };
}

export function showDelivery({ webhook }: App, delivery: Delivery) {
  const request = { headers: delivery.requestHeaders, payload: JSON.parse(delivery.body) };
  return { ...showDeliveryItem(delivery), url: webhook?.url ?? "", request, response: { headers: {}, payload: "" } };
}
