import type { App, Delivery, Installation, Repo, State } from "../state.ts";
import { nodeId, showUser } from "./account.ts";

export function showApp(state: State, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    owner: showUser(state, app.owner),
    name: app.name,
    description: "",
    external_url: `${state.url}/apps/${app.slug}`,
    html_url: `${state.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

export function showInstallation(state: State, { id, app, account, createdAt }: Installation) {
  return {
    id,
    account: showUser(state, account),
    repository_selection: "selected",
    access_tokens_url: `${state.url}/app/installations/${id}/access_tokens`,
    repositories_url: `${state.url}/installation/repositories`,
    html_url: `${state.url}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: app.permissions,
    events: app.events,
    created_at: createdAt,
    updated_at: createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

/** The few words on a repository that an installation's webhooks carry. */
export const showInstalled = ({ id, name, fullName, private: hidden }: Repo) => ({
  id,
  node_id: nodeId("Repository", id),
  name,
  full_name: fullName,
  private: hidden,
});

export function showDeliveryItem(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

export function showDelivery(app: App, delivery: Delivery) {
  return {
    ...showDeliveryItem(delivery),
    url: app.webhook?.url ?? "",
    request: { headers: delivery.requestHeaders, payload: JSON.parse(delivery.body) },
    response: { headers: {}, payload: "" },
  };
}
