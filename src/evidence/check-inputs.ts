/** Files that decide what the checks of a repository test: whoever changes them can make any check pass. */
import picomatch from 'picomatch';
import type { Change } from '../project/evidence.ts';
import { GLOB_OPTIONS } from './glob.ts';

type FactsOfChange = Pick<Change, 'path' | 'oldPath' | 'status'>;

/**
 * The paths of changed check inputs and of removed tests.
 *
 * @param globs The owner's own, beside the usual ones.
 */
export function changedCheckInputs(changes: readonly FactsOfChange[], globs: readonly string[]): string[] {
  const isInput = picomatch([...INPUTS, ...globs], GLOB_OPTIONS);
  const isRemovedTest = ({ path, oldPath = path, status }: FactsOfChange) =>
    isTest(oldPath) && (status === 'D' || (status === 'R' && !isTest(path)));
  return changes
    .filter((change) => {
      const { path, oldPath = path } = change;
      return isInput(path) || isInput(oldPath) || isRemovedTest(change);
    })
    .map(({ path }) => path);
}

/** Packages and what they depend on, builds, CI, and the configuration of tests and linters. */
const INPUTS = [
  '**/{package,package-lock,npm-shrinkwrap,deno,composer}.json',
  '**/{pnpm-lock.yaml,pnpm-workspace.yaml,yarn.lock,bun.lock,bun.lockb,deno.lock,composer.lock,.npmrc,.yarnrc.yml}',
  '**/{pyproject.toml,setup.py,setup.cfg,tox.ini,noxfile.py,pytest.ini,conftest.py,mypy.ini,ruff.toml,.flake8}',
  '**/{requirements*.txt,poetry.lock,uv.lock,Pipfile,Pipfile.lock}',
  '**/{Cargo.toml,Cargo.lock,build.rs,clippy.toml,rustfmt.toml,rust-toolchain,rust-toolchain.toml}',
  '**/.cargo/**',
  '**/{go.mod,go.sum,go.work,.golangci.yml,.golangci.yaml}',
  '**/{Gemfile,Gemfile.lock,Rakefile,.rubocop.yml,.rspec}',
  '**/{pom.xml,build.gradle,build.gradle.kts,settings.gradle,settings.gradle.kts,gradle.properties}',
  '**/{Makefile,makefile,GNUmakefile,CMakeLists.txt,justfile,Justfile,Taskfile.yml,Taskfile.yaml}',
  '**/{tsconfig,jsconfig}*.json',
  '**/*.config.{js,cjs,mjs,ts,cts,mts,json}',
  '**/{biome.json,biome.jsonc,.oxlintrc.json,knip.json,turbo.json,nx.json}',
  '**/.{eslintrc,prettierrc,mocharc,babelrc,nycrc,c8rc,stylelintrc,swcrc}*',
  '**/{.pre-commit-config.yaml,lefthook.yml}',
  '**/.husky/**',
  '.{github,gitlab,circleci,buildkite,woodpecker,forgejo,gitea}/**',
  '{.gitlab-ci.yml,.travis.yml,azure-pipelines.yml,bitbucket-pipelines.yml,Jenkinsfile,.drone.yml,.woodpecker.yml}',
];

const isTest = picomatch(
  [
    '**/*.{test,spec}.*',
    '**/{test,tests,spec,__tests__}/**',
    '**/*_{test,spec}.*',
    '**/test_*.py',
    '**/*{Test,Tests}.{java,kt,cs,swift,php}',
  ],
  GLOB_OPTIONS,
);
