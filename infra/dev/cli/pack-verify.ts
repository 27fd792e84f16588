import { resolve } from 'node:path';
import { DevError } from '../bootstrap/dev-error.mjs';
import { verifyPackFolder } from '../packs/pack-folder.ts';
import { type Command, onlyArgument } from './command.ts';

export const packVerifyCommand: Command = {
  name: 'pack verify',
  takes: 'FOLDER',
  summary: 'Check a pack: manifest, sizes, sha256, nothing missing, nothing besides',
  options: {},
  async run(call) {
    const folder = resolve(onlyArgument(call, 'FOLDER'));
    const verified = verifyPackFolder(folder);
    if (!verified.ok)
      throw new DevError(
        `${folder} is not a sound pack:\n  ${verified.failure.join('\n  ')}`,
        'Make it anew, or restore it.',
      );
    const { name, version, files } = verified.value;
    console.log(
      `${name}@${version} is sound: ${files.length} files, ${files.reduce((sum, file) => sum + file.sizeBytes, 0)} bytes.`,
    );
  },
};
