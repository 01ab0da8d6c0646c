/** What a person needs to review: loaded as one file when the page is live, or when it is first shown. */
export { ProjectPage } from './views/project.tsx';
