import { Component, type ReactNode } from 'react';

interface Props {
  readonly children: ReactNode;
  /** Is told what was thrown, once. */
  readonly onThrow: (thrown: unknown) => void;
}

/** What is drawn in it may throw: nothing of it is shown then. */
export class Boundary extends Component<Props, { readonly isBroken: boolean }> {
  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override state = { isBroken: false };

  override componentDidCatch(thrown: unknown): void {
    this.props.onThrow(thrown);
  }

  override render(): ReactNode {
    return this.state.isBroken ? null : this.props.children;
  }
}
