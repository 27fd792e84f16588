/** Where a training job's objects live. */
export function jobsPrefix(tenant: string): string {
  return `tenants/${tenant}/jobs/`;
}

function jobPrefix(tenant: string, id: string): string {
  return `${jobsPrefix(tenant)}${id}/`;
}

/** The job itself: what was asked for, what became of it. */
export function jobKey(tenant: string, id: string): string {
  return `${jobPrefix(tenant, id)}job.json`;
}

export function openJobsPrefix(tenant: string): string {
  return `tenants/${tenant}/jobs-open/`;
}

/** Says that the clock has to look after the job. */
export function openJobKey(tenant: string, id: string): string {
  return `${openJobsPrefix(tenant)}${id}`;
}

/** What a running round polls: see "Cancel" in infra/trainer/ENDPOINT.md. */
export function cancelKey(tenant: string, id: string): string {
  return `${jobPrefix(tenant, id)}cancel.json`;
}

/** Everything that a round writes lies in a folder of its own, so that a late one overwrites nothing of a newer one. */
function roundPrefix(tenant: string, id: string, fence: number): string {
  return `${jobPrefix(tenant, id)}rounds/${String(fence).padStart(4, '0')}/`;
}

export function checkpointKey(tenant: string, id: string, fence: number): string {
  return `${roundPrefix(tenant, id, fence)}checkpoint`;
}

export function progressPrefix(tenant: string, id: string, fence: number): string {
  return `${roundPrefix(tenant, id, fence)}progress/`;
}

/** `place` counts from 0. */
export function progressKey(tenant: string, id: string, fence: number, place: number): string {
  return `${progressPrefix(tenant, id, fence)}${String(place).padStart(4, '0')}.ndjson`;
}

export function roundPackKey(tenant: string, id: string, fence: number, path: string): string {
  return `${roundPrefix(tenant, id, fence)}pack/${path}`;
}
