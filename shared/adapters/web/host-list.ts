import { z } from 'zod';

/** Hosts with commas between them, as an environment says them; none where it says nothing. */
export const HostListSchema = z
  .string()
  .default('')
  .transform((hosts) =>
    hosts
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
  );
