# Completion of followup for PowerShell, from 5.1 on.

Register-ArgumentCompleter -Native -CommandName followup -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @(foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.EndOffset -lt $cursorPosition) {
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
            else { $element.Extent.Text }
        }
    })
    $words += "$wordToComplete".TrimStart("'", '"')

    $env:_FOLLOWUP_COMPLETE = 'powershell'
    $env:_FOLLOWUP_LINE = $words -join "`n"
    try { $lines = @(& $words[0] 2>$null) }
    finally { Remove-Item Env:_FOLLOWUP_COMPLETE, Env:_FOLLOWUP_LINE }

    if ($lines.Count -lt 2 -or $lines[0] -notin 'words', 'shown') { return }
    foreach ($line in $lines[1..($lines.Count - 1)]) {
        $value, $help = $line -split "`t", 2
        if (-not $help) { $help = $value }
        $text = $value
        if ($value -notmatch '^[\w./:+-]+$') { $text = "'" + ($value -replace "['‘’‚‛]", '$0$0') + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
    }
}
