/** All that can be done with the shared folder. Loaded at the first call: a server that is only started loads none of it. */
export { sweepOnce } from './drafts.ts';
export { editFile } from './edit.ts';
export { readExcludes, readGlob } from './glob.ts';
export { fileInfo } from './info.ts';
export { listFolder, listWithSizes } from './list.ts';
export { makeFolderIn } from './make.ts';
export { moveEntry } from './move.ts';
export { explainSystemError } from './problem.ts';
export { readMedia } from './read-media.ts';
export { readText } from './read-text.ts';
export { folderSettingsIn, openSharedFolder } from './shared-folder.ts';
export { folderTree, searchFolder } from './walk.ts';
export { writeText } from './write.ts';
