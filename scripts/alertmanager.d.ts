export function findAlertmanager(): string | undefined;
export function fetchAlertmanager(): string | undefined;
