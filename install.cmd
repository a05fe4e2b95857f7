@echo off
rem Windows: a double click installs the program and puts "Sekom" on the desktop, which opens JupyterLab on a study.
rem All of it lies in the folder Sekom in your home: to remove it, delete Sekom\.program and the desktop's Sekom.
rem No blocks in parentheses, and every path in quotes: folders are called "Ekeby (IT)", "A & B", "100 %".
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
pushd "%~dp0"
if not exist pyproject.toml goto packed
set "program=%USERPROFILE%\Sekom\.program"
set "UV_NATIVE_TLS=1"
set "PIP_DISABLE_PIP_VERSION_CHECK=1"
echo Sekom installeras i "%USERPROFILE%\Sekom". Det tar några minuter.
echo Sekom is being installed into "%USERPROFILE%\Sekom". It takes some minutes.
if not exist "%USERPROFILE%\Sekom" mkdir "%USERPROFILE%\Sekom"
if exist "%program%" rmdir /s /q "%program%"
if exist "%program%" goto open

rem A Python of 3.11 or newer: one that is here, or one that uv brings. A name may exist and not run (the Store's).
set "python="
call :try py -3
call :try python
call :try python3
if defined python %python% -m venv "%program%"
if exist "%program%\Scripts\python.exe" goto packages
set "uv=%USERPROFILE%\.local\bin\uv.exe"
if not exist "%uv%" set "uv=uv"
"%uv%" venv --quiet --seed --python ">=3.11" "%program%" 2>nul
if not exist "%program%\Scripts\python.exe" goto nopython

:packages
"%program%\Scripts\python.exe" -m pip install --quiet --constraint requirements.txt ".[notebooks,documents]"
if %errorlevel% equ 0 goto study
"%program%\Scripts\python.exe" -m pip install --quiet ".[notebooks]"
if %errorlevel% neq 0 goto failed
echo Word och PDF kunde inte installeras. Allt annat fungerar.
echo Word and PDF could not be installed. All else works.

:study
if not exist "%USERPROFILE%\Sekom\exempel" "%program%\Scripts\sekom.exe" new "%USERPROFILE%\Sekom\exempel" --sample
rem Where the desktop is: OneDrive may have moved it.
set "desktop=%USERPROFILE%\Desktop"
for /f "tokens=2*" %%a in ('reg query "HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders" /v Desktop 2^>nul') do if "%%a"=="REG_EXPAND_SZ" call set "desktop=%%b"
if not exist "%desktop%\" set "desktop=%USERPROFILE%\Sekom"
copy /y sekom-lab.cmd "%desktop%\Sekom.cmd" >nul
if not exist "%desktop%\Sekom.cmd" goto failed
echo.
echo Klart. Dubbelklicka på Sekom här: "%desktop%"
echo Done. Double-click Sekom here: "%desktop%"
goto end

:packed
echo Packa upp hela zip-filen först (högerklicka, Extrahera alla), och dubbelklicka på install.cmd i den uppackade mappen.
echo Unpack the whole zip file first (right-click, Extract all), and double-click install.cmd in the unpacked folder.
goto end

:open
echo "%program%" används. Stäng Sekom och JupyterLab, och dubbelklicka på install.cmd igen.
echo "%program%" is in use. Close Sekom and JupyterLab, and double-click install.cmd again.
goto end

:nopython
echo Python 3.11 eller nyare saknas. Installera det från https://www.python.org/downloads/ eller organisationens programkatalog,
echo och dubbelklicka på install.cmd igen.
echo Python 3.11 or newer is missing. Install it from https://www.python.org/downloads/ or your organisation's software centre,
echo and double-click install.cmd again.
goto end

:failed
echo Installationen avbröts; det som är fel står ovanför. Ofta saknas nätverk, eller så stoppar en brandvägg. Försök igen.
echo The installation stopped; what is wrong is said above. Often there is no network, or a firewall is in the way. Try again.

:end
popd
pause
goto :eof

rem Takes a Python if none is taken yet, it runs, and it is new enough.
:try
if defined python goto :eof
%* -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if %errorlevel% equ 0 set "python=%*"
goto :eof
