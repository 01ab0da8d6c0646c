/**
 * The call of Windows PowerShell 5.1, which alone sees the toasts of Windows. Its script is constant: the texts are
 * variables of its environment, and become text nodes. A process of session 0 shows nothing.
 */
import type { Environment } from '../../environment.ts';
import { encodedScript, powershell } from '../windows-programs.ts';
import type { DesktopNotice, NotifyCall } from './call.ts';

/** Every toast belongs to an app that Windows knows: this one is PowerShell's own. */
const APP = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe';

const SCRIPT = [
  "$ErrorActionPreference='Stop'",
  '$null=[Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime]',
  '$xml=[Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)',
  "$texts=$xml.GetElementsByTagName('text')",
  '$null=$texts.Item(0).AppendChild($xml.CreateTextNode($env:BRIDGE_NOTICE_TITLE))',
  '$null=$texts.Item(1).AppendChild($xml.CreateTextNode($env:BRIDGE_NOTICE_BODY))',
  '$toast=New-Object Windows.UI.Notifications.ToastNotification $xml',
  '$toast.Tag=$env:BRIDGE_NOTICE_TAG',
  "$toast.Group='bridge-supervisor'",
  `[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('${APP}').Show($toast)`,
].join(';');

/** A longer tag is refused (https://learn.microsoft.com/uwp/api/windows.ui.notifications.toastnotification.tag). */
const MAX_TAG_LENGTH = 64;

export function windowsCall({ title, body, tag }: DesktopNotice, env: Environment): NotifyCall {
  return {
    command: powershell(env),
    args: encodedScript(SCRIPT),
    variables: {
      BRIDGE_NOTICE_TITLE: title,
      BRIDGE_NOTICE_BODY: body,
      BRIDGE_NOTICE_TAG: tag.slice(0, MAX_TAG_LENGTH),
    },
  };
}
